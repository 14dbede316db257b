package postroom.api;

/// How many lines to a service's smarthost are open.
@FunctionalInterface
public interface Lines {
    int to(long service);
}
