package postroom.event.webhook;

import java.util.List;
import java.util.stream.Collectors;

/// Settings that cannot be used, with everything that is wrong with them.
public final class InvalidWebhook extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<FieldTrouble> troubles;

    /// @param field the member to blame
    /// @param message follows the name of the field
    public record FieldTrouble(String field, String message) {}

    InvalidWebhook(List<FieldTrouble> troubles) {
        super(
                troubles.stream()
                        .map(trouble -> trouble.field() + " " + trouble.message())
                        .collect(Collectors.joining("; ")));
        this.troubles = List.copyOf(troubles);
    }

    public List<FieldTrouble> troubles() {
        return troubles;
    }
}
