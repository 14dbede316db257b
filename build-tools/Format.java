import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks (or with --apply rewrites) the layout of every Java source under the given roots. */
class Format {
    public static void main(String[] args) throws Exception {
        boolean apply = args[0].equals("--apply");
        var formatter =
                new Formatter(
                        JavaFormatterOptions.builder()
                                .style(JavaFormatterOptions.Style.AOSP)
                                .build());
        int bad = 0;
        for (int i = 1; i < args.length; i++) {
            Path root = Path.of(args[i]);
            if (!Files.isDirectory(root)) continue;
            try (var files = Files.walk(root)) {
                for (Path p :
                        (Iterable<Path>) files.filter(f -> f.toString().endsWith(".java"))::iterator) {
                    String source = Files.readString(p);
                    String laidOut = formatter.formatSourceAndFixImports(source);
                    // Some sources settle only at the second pass.
                    if (apply && !laidOut.equals(source))
                        for (int pass = 0; pass < 3; pass++)
                            laidOut = formatter.formatSourceAndFixImports(laidOut);
                    if (laidOut.equals(source)) continue;
                    if (apply) Files.writeString(p, laidOut);
                    else {
                        System.err.println("not formatted: " + p + "   (make fmt puts it right)");
                        bad++;
                    }
                }
            }
        }
        if (bad > 0) System.exit(1);
    }
}
