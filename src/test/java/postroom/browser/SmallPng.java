package postroom.browser;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import javax.imageio.ImageIO;

/// A picture of a page with a palette: it has few colours, and half the octets without the others.
final class SmallPng {

    private static final int COLOURS = 256;

    private SmallPng() {}

    static byte[] of(byte[] png) throws IOException {
        var picture = ImageIO.read(new ByteArrayInputStream(png));
        int width = picture.getWidth();
        int height = picture.getHeight();
        var pixels = picture.getRGB(0, 0, width, height, null, 0, width);
        var palette = palette(pixels);
        var small =
                new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, model(palette));
        var places = new HashMap<Integer, Integer>();
        for (int i = 0; i < pixels.length; i++) {
            int place = places.computeIfAbsent(pixels[i], colour -> nearest(colour, palette));
            small.getRaster().setSample(i % width, i / width, 0, place);
        }
        var written = new ByteArrayOutputStream();
        ImageIO.write(small, "png", written);
        return written.toByteArray();
    }

    /// The most frequent shade of each colour, so that a small green tick stays green, and then the
    /// most frequent of all.
    private static List<Integer> palette(int[] pixels) {
        var counts = new HashMap<Integer, Integer>();
        for (int pixel : pixels) counts.merge(pixel, 1, Integer::sum);
        var byFrequency =
                counts.entrySet().stream()
                        .sorted(Map.Entry.<Integer, Integer>comparingByValue().reversed())
                        .map(Map.Entry::getKey)
                        .toList();
        var seen = new HashSet<Integer>();
        return Stream.concat(
                        byFrequency.stream()
                                .filter(colour -> seen.add(colour & 0xE0E0E0))
                                .limit(COLOURS / 2),
                        byFrequency.stream())
                .distinct()
                .limit(COLOURS)
                .toList();
    }

    private static IndexColorModel model(List<Integer> palette) {
        var colours = palette.stream().mapToInt(Integer::intValue).toArray();
        return new IndexColorModel(
                8, colours.length, colours, 0, false, -1, java.awt.image.DataBuffer.TYPE_BYTE);
    }

    private static int nearest(int colour, List<Integer> palette) {
        int best = 0;
        for (int i = 1; i < palette.size(); i++)
            if (distance(colour, palette.get(i)) < distance(colour, palette.get(best))) best = i;
        return best;
    }

    private static int distance(int one, int other) {
        int sum = 0;
        for (int shift = 0; shift < 24; shift += 8) {
            int difference = (one >> shift & 0xFF) - (other >> shift & 0xFF);
            sum += difference * difference;
        }
        return sum;
    }
}
