package postroom.bounce;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import postroom.catalog.JsonCatalog;

class OriginalPartTest {

    @Test
    void what_is_called_a_refusal_for_size_is_in_the_catalog() {
        var catalog = JsonCatalog.ours();

        assertThat(OriginalPart.SIZE_ADVICE).allMatch(id -> catalog.byId(id).isPresent());
    }
}
