package postroom;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Holds the "may use" table of `docs/develop/house.md` as data.
class ArchitectureTest {

    private static final Set<String> WORDS = Set.of("mail");
    private static final Set<String> GROUND = Set.of("mail", "config", "secret", "store", "tally");

    /// What each room may use besides itself. A room that is not listed may use everything.
    private static final Map<String, Set<String>> MAY_USE =
            Map.ofEntries(
                    Map.entry("mail", Set.of()),
                    Map.entry("config", with(WORDS, "secret")),
                    Map.entry("secret", with(WORDS, "config", "store")),
                    Map.entry("tally", Set.of()),
                    Map.entry("store", with(WORDS, "config", "tally")),
                    Map.entry("log", GROUND),
                    Map.entry("catalog", GROUND),
                    Map.entry("event", GROUND),
                    Map.entry("service", with(GROUND, "event", "catalog")),
                    Map.entry("access", with(GROUND, "event", "service")),
                    Map.entry("queue", with(GROUND, "event", "service")),
                    Map.entry("route", with(GROUND, "service", "access", "event")),
                    Map.entry("oauth", with(GROUND, "service", "event", "catalog")),
                    Map.entry(
                            "deliver",
                            with(GROUND, "queue", "service", "oauth", "catalog", "event")),
                    Map.entry(
                            "check",
                            with(GROUND, "service", "oauth", "deliver", "catalog", "event")),
                    Map.entry(
                            "alert", with(GROUND, "queue", "service", "oauth", "catalog", "event")),
                    Map.entry("bounce", with(GROUND, "queue", "service", "catalog", "event")),
                    Map.entry("preview", WORDS),
                    Map.entry("web", with(GROUND, "access", "event", "service")),
                    Map.entry(
                            "intake",
                            with(GROUND, "access", "route", "queue", "event", "service", "web")),
                    Map.entry("emulator", Set.of()));

    /// Libraries that stay at the doors: which rooms may know them.
    private static final Map<String, Set<String>> LIBRARIES =
            Map.ofEntries(
                    Map.entry(
                            "org.springframework",
                            Set.of("web", "api", "console", "intake/http", "access")),
                    Map.entry("org.thymeleaf", Set.of("web", "console")),
                    Map.entry("picocli", Set.of("cli")),
                    Map.entry("com.nimbusds", Set.of("oauth", "emulator", "access/oidc")),
                    Map.entry("com.eatthepath", Set.of("access")),
                    Map.entry("io.nayuki", Set.of("console")),
                    Map.entry("org.apache.james.mime4j", Set.of("preview")),
                    Map.entry("org.jsoup", Set.of("preview")),
                    Map.entry("org.apache.hc", Set.of("event/webhook")),
                    Map.entry("com.google.crypto.tink", Set.of("secret")),
                    Map.entry("org.flywaydb", Set.of("store")),
                    Map.entry("com.zaxxer", Set.of("store")),
                    Map.entry("org.postgresql", Set.of("store")),
                    Map.entry("org.sqlite", Set.of("store", "cli")),
                    Map.entry(
                            "java.sql",
                            Set.of(
                                    "store", "event", "service", "oauth", "access", "queue",
                                    "deliver", "intake", "check", "route", "api", "cli", "alert",
                                    "bounce")));

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("postroom");

    @Test
    void rooms_use_only_what_the_table_allows() {
        var broken = new TreeSet<String>();
        for (var origin : CLASSES)
            for (var dependency : origin.getDirectDependenciesFromSelf()) {
                var from = room(origin);
                var to = room(dependency.getTargetClass());
                var allowed = MAY_USE.get(from);
                if (to.isEmpty() || to.equals(from) || allowed == null || allowed.contains(to))
                    continue;
                broken.add(
                        "`%s` may not use `%s`: %s uses %s"
                                .formatted(
                                        from,
                                        to,
                                        origin.getSimpleName(),
                                        dependency.getTargetClass().getSimpleName()));
            }

        assertThat(broken).isEmpty();
    }

    @Test
    void a_library_enters_through_as_few_rooms_as_it_can() {
        var broken = new TreeSet<String>();
        for (var origin : CLASSES)
            for (var dependency : origin.getDirectDependenciesFromSelf())
                LIBRARIES.forEach((library, rooms) -> {
                    if (!dependency.getTargetClass().getPackageName().startsWith(library)) return;
                    var from = room(origin);
                    boolean known =
                            rooms.contains(from)
                                    || rooms.stream().anyMatch(r -> path(origin).startsWith(r))
                                    || from.isEmpty();
                    if (!known)
                        broken.add(
                                "`%s` may not know %s: %s"
                                        .formatted(from, library, origin.getSimpleName()));
                });

        assertThat(broken).isEmpty();
    }

    @Test
    void no_room_has_a_name_that_says_nothing() {
        var rooms = new TreeSet<String>();
        for (var one : CLASSES) rooms.addAll(List.of(one.getPackageName().split("\\.")));

        assertThat(rooms)
                .doesNotContain("util", "utils", "common", "core", "impl", "manager", "helpers");
    }

    @Test
    void only_a_way_out_is_called_a_service() {
        var called = new TreeSet<String>();
        for (var one : CLASSES)
            if (one.getSimpleName().endsWith("Service")) called.add(one.getName());

        assertThat(called)
                .isSubsetOf(
                        "postroom.service.Service",
                        "postroom.service.InvalidService",
                        "postroom.route.Router$NoService");
    }

    @Test
    void every_room_introduces_itself() {
        var silent = new TreeSet<String>();
        for (var one : CLASSES) {
            var path =
                    java.nio.file.Path.of(
                            "src/main/java",
                            one.getPackageName().replace('.', '/'),
                            "package-info.java");
            if (!java.nio.file.Files.exists(path)) silent.add(one.getPackageName());
        }

        assertThat(silent).isEmpty();
    }

    private static String room(JavaClass type) {
        var path = path(type);
        int slash = path.indexOf('/');
        return slash < 0 ? path : path.substring(0, slash);
    }

    private static String path(JavaClass type) {
        var name = type.getBaseComponentType().getPackageName();
        return name.startsWith("postroom.")
                ? name.substring("postroom.".length()).replace('.', '/')
                : "";
    }

    private static Set<String> with(Set<String> some, String... more) {
        var all = new TreeSet<>(some);
        all.addAll(List.of(more));
        return all;
    }
}
