package postroom.config;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/// What is said about a key nobody knows: probably a slip of the pen, so the nearest known one is
/// named.
final class Unknown {

    /// Variables that begin like a setting and are read by the launcher and the commands.
    private static final Set<String> OTHERS =
            Set.of(
                    "POSTROOM_URL",
                    "POSTROOM_API_KEY",
                    "POSTROOM_CONFIG",
                    "POSTROOM_HOME",
                    "POSTROOM_JAVA_OPTS",
                    "POSTROOM_AOT",
                    "POSTROOM_AOT_AFTER");

    private Unknown() {}

    /// Container platforms put the address of a neighbour called "postroom" into the environment
    /// (`POSTROOM_PORT_8587_TCP_ADDR`, `POSTROOM_SERVICE_HOST`).
    static boolean isNotASetting(String variable) {
        return OTHERS.contains(variable)
                || variable.equals("POSTROOM_PORT")
                || variable.startsWith("POSTROOM_PORT_")
                || variable.startsWith("POSTROOM_SERVICE_");
    }

    static String inFile(String path, Path file) {
        var nearest = nearest(path, Key::path);
        return "There is no setting " + path + " (" + file + "). Did you mean " + nearest + "?";
    }

    static String inEnvironment(String variable) {
        return "There is no setting for the environment variable "
                + variable
                + ". Did you mean "
                + nearest(variable, Key::variable)
                + "?";
    }

    private static String nearest(String wrong, java.util.function.Function<Key, String> spelling) {
        return Arrays.stream(Key.values())
                .map(spelling)
                .min(java.util.Comparator.comparingInt(right -> distance(wrong, right)))
                .orElseThrow();
    }

    /// Levenshtein's distance.
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
