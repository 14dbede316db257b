package postroom.service;

import postroom.service.InvalidService.FieldTrouble;
import postroom.store.Store;
import postroom.store.Tx;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/// Services that somebody is setting up and that may still lack anything. A draft has the ID of the
/// service it becomes, so its secrets are sealed for that one already. Nothing is sent through it.
public final class Drafts {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MOST = 200;

    private final Store store;
    private final Services services;
    private final Secrets secrets;
    private final ServiceReader reader;
    private final InstantSource clock;

    Drafts(
            Store store,
            Services services,
            Secrets secrets,
            ServiceReader reader,
            InstantSource clock) {
        this.store = store;
        this.services = services;
        this.secrets = secrets;
        this.reader = reader;
        this.clock = clock;
    }

    /// @param given settings as they were given, secrets sealed
    /// @param step where in the set-up it is
    public record Draft(
            long id, ObjectNode given, String step, String changedBy, Instant changedAt) {

        public String name() {
            return given.path("name").asString("");
        }

        public Optional<String> preset() {
            return Optional.of(given.path("preset").asString("")).filter(it -> !it.isEmpty());
        }
    }

    /// By age, oldest first.
    public List<Draft> all() {
        return store.read(tx ->
                tx.query(
                        """
                        select id, settings, step, changed_by, changed_at
                        from service_draft order by id
                        """,
                        Drafts::draft));
    }

    public Optional<Draft> find(String id) {
        if (id.isEmpty() || id.length() > 18 || !id.chars().allMatch(c -> c >= '0' && c <= '9'))
            return Optional.empty();
        return store.read(tx -> inside(tx, Long.parseLong(id)));
    }

    /// @throws InvalidService when there are too many already
    public Draft begin(ObjectNode settings, String step, String by) {
        var draft =
                new Draft(
                        store.nextId(), settings.deepCopy(), step, shortened(by), clock.instant());
        return store.write(tx -> {
            if (count(tx) >= MOST)
                throw new InvalidService(
                        List.of(
                                new FieldTrouble(
                                        "",
                                        "there are " + MOST + " drafts; finish or delete some")));
            tx.update(
                    """
                    insert into service_draft (id, settings, step, changed_by, changed_at)
                    values (?, ?, ?, ?, ?)
                    """,
                    draft.id(),
                    JSON.writeValueAsString(draft.given()),
                    draft.step(),
                    draft.changedBy(),
                    draft.changedAt());
            return draft;
        });
    }

    /// Keeps what was given, whatever is wrong with it; a secret that cannot be one is not kept.
    ///
    /// @throws NoSuchElementException when it is gone, or has become a service
    public Draft save(long id, ObjectNode patch, String step, String by) {
        return store.write(tx -> {
            var found =
                    inside(tx, id)
                            .orElseThrow(
                                    () -> new NoSuchElementException("there is no draft " + id));
            var given = laidOver(found, patch, new ArrayList<>());
            var draft = new Draft(id, given, step, shortened(by), clock.instant());
            tx.update(
                    """
                    update service_draft
                    set settings = ?, step = ?, changed_by = ?, changed_at = ? where id = ?
                    """,
                    JSON.writeValueAsString(given),
                    step,
                    draft.changedBy(),
                    draft.changedAt(),
                    id);
            return draft;
        });
    }

    /// All that keeps the draft, with the patch laid over it, from becoming a service.
    public List<FieldTrouble> troubles(Draft draft, ObjectNode patch) {
        var troubles = new ArrayList<FieldTrouble>();
        try {
            services.look(draft.id(), laidOver(draft, patch, troubles), troubles);
            return List.copyOf(troubles);
        } catch (InvalidService invalid) {
            return invalid.troubles();
        }
    }

    /// As it would be with the patch laid over it; nothing is kept.
    public Draft imagined(Draft draft, ObjectNode patch) {
        return new Draft(
                draft.id(),
                laidOver(draft, patch, new ArrayList<>()),
                draft.step(),
                draft.changedBy(),
                draft.changedAt());
    }

    /// Makes it a service.
    ///
    /// @throws InvalidService with all that is wrong; then it stays a draft
    public Service finish(Draft draft, String by) {
        return services.complete(
                draft.id(),
                draft.given(),
                by,
                tx -> tx.update("delete from service_draft where id = ?", draft.id()) == 1);
    }

    public void discard(long id) {
        store.write(tx -> {
            if (tx.update("delete from service_draft where id = ?", id) == 0) return false;
            GuideValues.forget(tx, id);
            return true;
        });
    }

    /// The service as far as it is known: what is missing is empty. For guides alone.
    public Service sketch(Draft draft) {
        return reader.sketch(draft.id(), draft.given());
    }

    /// The settings with the preset's laid under, no secret.
    public ObjectNode shown(Draft draft) {
        var preset = presetOf(draft.given());
        return Secrets.hidden(
                preset.map(it -> Settings.merged(it.service(), draft.given()))
                        .orElse(draft.given()));
    }

    // What a preset says never seals anything: a secret comes from outside, and is sealed or gone.
    private ObjectNode laidOver(Draft draft, ObjectNode patch, List<FieldTrouble> troubles) {
        var asked = patch.deepCopy();
        var typed =
                presetOf(draft.given())
                        .map(it -> Settings.typed(it.service(), draft.given()))
                        .orElse(draft.given());
        secrets.seal(draft.id(), asked, typed, troubles);
        return Settings.merged(typed, asked);
    }

    private Optional<Preset> presetOf(ObjectNode settings) {
        try {
            return reader.presetOf(settings);
        } catch (InvalidService presetIsGone) {
            return Optional.empty();
        }
    }

    private static String shortened(String by) {
        return by.length() <= 320 ? by : by.substring(0, 320);
    }

    private static long count(Tx tx) throws SQLException {
        return tx.first("select count(*) as n from service_draft", row -> row.number("n"))
                .orElse(0L);
    }

    private static Optional<Draft> inside(Tx tx, long id) throws SQLException {
        return tx.first(
                """
                select id, settings, step, changed_by, changed_at
                from service_draft where id = ?
                """,
                Drafts::draft,
                id);
    }

    private static Draft draft(Tx.Row row) throws SQLException {
        return new Draft(
                row.number("id"),
                (ObjectNode) JSON.readTree(row.string("settings")),
                row.string("step"),
                row.string("changed_by"),
                row.time("changed_at"));
    }
}
