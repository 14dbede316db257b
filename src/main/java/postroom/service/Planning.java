package postroom.service;

import postroom.service.InvalidService.FieldTrouble;
import postroom.service.KnownServices.Known;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Makes services of settings, and looks at changes before they are made.
final class Planning {

    private static final FieldTrouble NAME_TAKEN =
            new FieldTrouble("name", "is taken by another service; choose another");

    // What is shown and not set; it may be sent back and then means nothing.
    private static final Set<String> ONLY_SHOWN =
            Set.of(
                    "id",
                    "state",
                    "state_since",
                    "state_reason",
                    "state_detail",
                    "state_until",
                    "next_probe_at",
                    "waiting",
                    "waiting_since",
                    "recipients_today",
                    "recipients_left_today",
                    "advice",
                    "warnings",
                    "client_secret_expires_in_days",
                    "last_check",
                    "verified",
                    "verified_at");

    private final KnownServices known;
    private final Secrets secrets;
    private final ServiceReader reader;
    private final Destinations destinations;

    Planning(KnownServices known, Secrets secrets, Presets presets) {
        this.known = known;
        this.secrets = secrets;
        this.reader = new ServiceReader(presets);
        this.destinations = new Destinations(presets);
    }

    /// Looks at a change without making it.
    ///
    /// @throws InvalidService with all that is wrong
    /// @throws NoSuchElementException when there is no such service
    PlannedChange plan(long id, JsonNode patch) {
        var found = known.get(id);
        var before = found.service();
        var asked = object(patch);
        var troubles = new ArrayList<FieldTrouble>();
        var stored =
                reader.presetOf(found.given())
                        .map(preset -> Settings.typed(preset.service(), found.given()))
                        .orElse(found.given());
        var brought = secrets.seal(id, asked, stored, troubles);
        var merged = Settings.merged(stored, asked);
        var given = merged.equals(stored) ? found.given() : merged;
        var after = read(id, given, troubles);
        var neededAgain = destinations.neededAgain(before, after, brought);
        if (!neededAgain.isEmpty()) throw new InvalidService(neededAgain);
        boolean forgets =
                Registration.isAnother(before, after)
                        || (destinations.elsewhere(before, after).isPresent()
                                && !Registration.isByRefreshToken(after));
        return new PlannedChange(before, after, found.given(), given, names(asked), forgets);
    }

    /// A new service.
    ///
    /// @throws InvalidService with all that is wrong
    Service checked(long id, ObjectNode given, ObjectNode before) {
        var troubles = new ArrayList<FieldTrouble>();
        secrets.seal(id, given, before, troubles);
        return read(id, Settings.merged(before, given), troubles);
    }

    /// @param given with secrets sealed
    Service read(long id, ObjectNode given, List<FieldTrouble> troubles) {
        try {
            var preset = reader.presetOf(given);
            var settings = preset.map(p -> Settings.merged(p.service(), given)).orElse(given);
            var service = reader.read(id, preset, settings);
            NewNames.check(known.find(id).map(Known::service), service, troubles);
            refuseTakenName(id, service.name(), troubles);
            return service;
        } catch (InvalidService invalid) {
            var blamed = troubles.stream().map(FieldTrouble::field).toList();
            invalid.troubles().stream()
                    .filter(trouble -> !blamed.contains(trouble.field()))
                    .forEach(troubles::add);
        }
        throw new InvalidService(troubles);
    }

    /// @throws InvalidService when the name is taken, or there is other trouble already
    void refuseTakenName(long id, String name, List<FieldTrouble> troubles) {
        known.named(name)
                .filter(other -> other.id() != id)
                .ifPresent(other -> troubles.add(NAME_TAKEN));
        if (!troubles.isEmpty()) throw new InvalidService(troubles);
    }

    // The database sees to names; in memory another service may still have the one this one got.
    Service readStored(ServiceRows.Row row) {
        var preset = reader.presetOf(row.settings());
        var settings =
                preset.map(p -> Settings.merged(p.service(), row.settings()))
                        .orElse(row.settings());
        return reader.read(row.id(), preset, settings);
    }

    static InvalidService nameTaken() {
        return new InvalidService(List.of(NAME_TAKEN));
    }

    Optional<Preset> presetOf(ObjectNode given) {
        return reader.presetOf(given);
    }

    /// Without what is only shown.
    static ObjectNode object(JsonNode settings) {
        if (settings instanceof ObjectNode object) return object.deepCopy().remove(ONLY_SHOWN);
        throw new InvalidService(
                List.of(new FieldTrouble("", "is not an object; put the settings in braces")));
    }

    private static Collection<String> names(ObjectNode asked) {
        return List.copyOf(asked.propertyNames());
    }
}
