package postroom.api;

import java.util.List;

/// The listeners of the house, for the question whether it is ready.
@FunctionalInterface
public interface Doors {

    /// @param open it listens
    /// @param connections open at the moment
    record Door(String name, boolean open, int connections) {}

    List<Door> doors();
}
