package postroom.service;

import java.util.List;
import java.util.stream.Collectors;

/// Settings that cannot be used, with everything that is wrong with them. Each message says what is
/// wrong and what to do, and holds no secret.
public final class InvalidService extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<FieldTrouble> troubles;

    /// @param field path of the member to blame, such as `authentication.tenant`
    public record FieldTrouble(String field, String message) {}

    public InvalidService(List<FieldTrouble> troubles) {
        super(
                troubles.stream()
                        .map(trouble -> trouble.field() + ": " + trouble.message())
                        .collect(Collectors.joining("; ")));
        this.troubles = List.copyOf(troubles);
    }

    public List<FieldTrouble> troubles() {
        return troubles;
    }
}
