package postroom.route;

import postroom.service.InvalidService.FieldTrouble;

import java.util.List;
import java.util.stream.Collectors;

/// Rules that cannot be used, with everything that is wrong with them.
public final class InvalidRoutes extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<FieldTrouble> troubles;

    InvalidRoutes(List<FieldTrouble> troubles) {
        super(
                troubles.stream()
                        .map(trouble -> trouble.field() + " " + trouble.message())
                        .collect(Collectors.joining("; ")));
        this.troubles = List.copyOf(troubles);
    }

    /// The messages go on where the name of the field ends.
    public List<FieldTrouble> troubles() {
        return troubles;
    }
}
