package postroom.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where Postroom keeps its data and its settings, found without reading more than it must: the
/// `sendmail` command starts with this.
///
/// @param path the data directory; it need not exist
/// @param config `postroom.yaml`, if there is one or one was named
/// @param named true when somebody chose the directory; false for the default `./data`
public record DataDirectory(Path path, Optional<Path> config, boolean named) {

    /// @param data what `--data` said, or empty
    /// @param config what `--config` said, or empty
    public static DataDirectory find(String data, String config, Map<String, String> environment) {
        if (config.isEmpty()) config = environment.getOrDefault("POSTROOM_CONFIG", "");
        if (data.isEmpty()) data = environment.getOrDefault("POSTROOM_DATA", "");
        if (!config.isEmpty()) {
            var file = Path.of(config);
            if (data.isEmpty()) data = FlatYaml.read(file).getOrDefault("data", "");
            boolean named = !data.isEmpty();
            return new DataDirectory(Path.of(named ? data : "data"), Optional.of(file), named);
        }
        var directory = Path.of(data.isEmpty() ? "data" : data);
        var file = directory.resolve("postroom.yaml");
        return new DataDirectory(
                directory,
                Files.exists(file) ? Optional.of(file) : Optional.empty(),
                !data.isEmpty());
    }

    /// What the environment or the file says for a key, as text; the default where they say
    /// nothing. A quick look for the `sendmail` command: it checks nothing.
    public String glance(Key key, Map<String, String> environment) {
        var fromEnvironment = environment.getOrDefault(key.variable(), "");
        if (!fromEnvironment.isEmpty()) return fromEnvironment;
        if (config.isEmpty()) return key.defaultText();
        return FlatYaml.read(config.get()).getOrDefault(key.path(), key.defaultText());
    }

    /// The name of this machine, for greetings and addresses.
    public static String machineName() {
        try {
            var name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            if (!name.isEmpty()) return name;
        } catch (IOException notLinux) {
            // asked in the portable way below
        }
        try {
            return java.net.InetAddress.getLocalHost().getHostName();
        } catch (java.net.UnknownHostException nameless) {
            return "localhost";
        }
    }
}
