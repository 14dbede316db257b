package postroom.console;

/// A size as people say it; the unit is a text of the pages.
///
/// @param unit `octets`, `kb` or `mb`
public record Size(Object number, String unit) {

    private static final long KB = 1_000;

    static Size of(long octets) {
        if (octets < KB) return new Size(octets, "octets");
        if (octets < KB * KB) return new Size(Math.round(octets / 100.0) / 10.0, "kb");
        return new Size(Math.round(octets / 100_000.0) / 10.0, "mb");
    }
}
