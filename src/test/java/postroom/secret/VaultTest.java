package postroom.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

class VaultTest {

    private static final Secret KEY = new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    private static final Secret OTHER = new Secret("//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=");
    private static final String CONTEXT = "service/123/client_secret";

    @TempDir Path directory;

    @Test
    void what_is_sealed_opens_again() {
        var vault = Vault.withKey(KEY);

        var sealed = vault.seal(new Secret("correct horse battery x7Qd"), CONTEXT);

        assertThat(sealed.ciphertext()).doesNotContain("horse");
        assertThat(sealed.endsWith()).isEqualTo("x7Qd");
        assertThat(sealed.toString()).doesNotContain(sealed.ciphertext());
        assertThat(vault.open(sealed, CONTEXT).value()).isEqualTo("correct horse battery x7Qd");
    }

    @Test
    void sealing_twice_gives_two_texts() {
        var vault = Vault.withKey(KEY);

        assertThat(vault.seal(new Secret("same"), CONTEXT))
                .isNotEqualTo(vault.seal(new Secret("same"), CONTEXT));
    }

    @Test
    void a_secret_opens_only_where_it_belongs() {
        var vault = Vault.withKey(KEY);
        var sealed = vault.seal(new Secret("secret"), CONTEXT);

        assertThatThrownBy(() -> vault.open(sealed, "service/124/client_secret"))
                .isInstanceOf(MasterKeyException.class)
                .hasMessageContaining("service/124/client_secret does not open");
    }

    @Test
    void a_changed_ciphertext_does_not_open() {
        var vault = Vault.withKey(KEY);
        var text = vault.seal(new Secret("secret"), CONTEXT).ciphertext();
        int middle = text.length() / 2;
        var changed =
                text.substring(0, middle)
                        + (text.charAt(middle) == 'A' ? 'B' : 'A')
                        + text.substring(middle + 1);

        assertThatThrownBy(() -> vault.open(new Sealed(changed, ""), CONTEXT))
                .isInstanceOf(MasterKeyException.class);
        assertThatThrownBy(() -> vault.open(new Sealed("not base64!", ""), CONTEXT))
                .isInstanceOf(MasterKeyException.class);
    }

    @Test
    void a_wrong_master_key_is_noticed_by_the_canary() {
        var canary = Vault.withKey(KEY).canary();

        Vault.withKey(KEY).check(canary);
        assertThatThrownBy(() -> Vault.withKey(OTHER).check(canary))
                .isInstanceOf(MasterKeyException.class)
                .hasMessageContaining("another master key");
    }

    @Test
    void an_old_master_key_behind_the_new_one_still_opens() {
        var sealed = Vault.withKey(OTHER).seal(new Secret("secret"), CONTEXT);

        var vault = Vault.withKey(new Secret(KEY.value() + "\n" + OTHER.value()));

        assertThat(vault.open(sealed, CONTEXT).value()).isEqualTo("secret");
        assertThat(Vault.withKey(KEY).open(vault.seal(new Secret("new"), CONTEXT), CONTEXT))
                .isEqualTo(new Secret("new"));
    }

    @Test
    void the_key_file_is_made_once_and_for_its_owner_only() throws Exception {
        var file = directory.resolve("data/master.key");

        var sealed = Vault.withKeyFile(file).seal(new Secret("secret"), CONTEXT);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Vault.withKeyFile(file).open(sealed, CONTEXT).value()).isEqualTo("secret");
    }

    @Test
    void a_key_that_has_to_be_there_is_not_made() {
        var file = directory.resolve("master.key");

        assertThatThrownBy(() -> Vault.withFormerKeyFile(file))
                .isInstanceOf(MasterKeyException.class)
                .hasMessageContaining("bring it back");
        assertThat(file).doesNotExist();
    }

    @Test
    void what_is_no_key_is_refused_with_a_sentence() throws Exception {
        var file = Files.writeString(directory.resolve("master.key"), "password\n");

        assertThatThrownBy(() -> Vault.withKeyFile(file))
                .isInstanceOf(MasterKeyException.class)
                .hasMessageContaining("32 octets in base64");
        assertThatThrownBy(() -> Vault.withKey(new Secret("c2hvcnQ=")))
                .hasMessageNotContainingAny("c2hvcnQ=");
    }
}
