package postroom.service;

/// Somebody else changed the settings since a change of them was planned.
public final class SettingsChanged extends RuntimeException {

    private static final long serialVersionUID = 1;

    SettingsChanged(String service) {
        super("the settings of " + service + " were changed by somebody else meanwhile");
    }
}
