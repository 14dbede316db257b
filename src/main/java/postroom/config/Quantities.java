package postroom.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;

/// Durations, sizes and networks as owners write them.
public final class Quantities {

    private Quantities() {}

    /// `90s`, `15m`, `4h`, `5d`, or several of them: `1h30m`.
    ///
    /// @throws NumberFormatException if it is none of these
    public static Duration duration(String text) {
        var total = Duration.ZERO;
        int at = 0;
        while (at < text.length()) {
            int end = digitsEnd(text, at);
            long number = Long.parseLong(text.substring(at, end));
            char unit = end < text.length() ? text.charAt(end) : ' ';
            total =
                    total.plus(
                            switch (unit) {
                                case 's' -> Duration.ofSeconds(number);
                                case 'm' -> Duration.ofMinutes(number);
                                case 'h' -> Duration.ofHours(number);
                                case 'd' -> Duration.ofDays(number);
                                default -> throw new NumberFormatException(text);
                            });
            at = end + 1;
        }
        if (text.isEmpty()) throw new NumberFormatException(text);
        return total;
    }

    /// `25MB`, `900KB`, `1GB` or a number of octets; a megabyte has 1024 × 1024 octets, as in the
    /// SIZE extension of SMTP everywhere.
    ///
    /// @throws NumberFormatException if it is none of these
    public static long size(String text) {
        int end = digitsEnd(text, 0);
        long number = Long.parseLong(text.substring(0, end));
        return switch (text.substring(end).strip().toUpperCase(Locale.ROOT)) {
            case "", "B" -> number;
            case "KB", "KIB", "K" -> Math.multiplyExact(number, 1024);
            case "MB", "MIB", "M" -> Math.multiplyExact(number, 1024 * 1024);
            case "GB", "GIB", "G" -> Math.multiplyExact(number, 1024 * 1024 * 1024);
            default -> throw new NumberFormatException(text);
        };
    }

    static boolean isNetwork(String text) {
        int slash = text.indexOf('/');
        var host = slash < 0 ? text : text.substring(0, slash);
        if (!host.matches("[0-9a-fA-F:.]*[.:][0-9a-fA-F:.]*")) return false;
        try {
            int bits = InetAddress.getByName(host).getAddress().length * 8;
            int prefix = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
            return prefix >= 0 && prefix <= bits;
        } catch (UnknownHostException | NumberFormatException notANetwork) {
            return false;
        }
    }

    private static int digitsEnd(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') end++;
        return end;
    }
}
