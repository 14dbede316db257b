package postroom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.config.InvalidSettings;
import postroom.config.SettingsReader;
import postroom.deliver.smtp.Timeouts;
import postroom.secret.MasterKeyException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

class HouseKeyTest {

    @TempDir Path data;

    @Test
    void a_house_whose_master_key_is_gone_makes_no_other_one() throws Exception {
        house().close();
        var key = data.resolve("master.key");
        Files.delete(key);

        assertThatThrownBy(this::house)
                .isInstanceOf(MasterKeyException.class)
                .hasMessageContaining(key.toString());
        assertThat(key).doesNotExist();
    }

    private House house() throws InvalidSettings {
        var settings = SettingsReader.read(data.toString(), "", Map.of());
        return new House(settings, Clock.atNoon(), Timeouts.standard());
    }
}
