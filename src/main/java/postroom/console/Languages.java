package postroom.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.web.servlet.LocaleResolver;
import org.springframework.web.servlet.i18n.CookieLocaleResolver;

import postroom.web.WebSettings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/// The languages of the console: the one chosen at the foot of a page, else the first that the
/// browser asks for and we have, else English. A bundle is a file `AREA.properties`; translations
/// stand beside it as `AREA_de.properties`. What comes from the catalog and from presets is
/// English.
@Configuration(proxyBeanMethods = false)
class Languages {

    static final List<Locale> ALL = List.of(Locale.ENGLISH, Locale.GERMAN, Locale.FRENCH);

    private static final String PLACE = "postroom/console/text/";

    @Bean
    static MessageSource messageSource() throws IOException {
        var texts = new ResourceBundleMessageSource();
        texts.setBasenames(areas().toArray(String[]::new));
        texts.setDefaultEncoding(StandardCharsets.UTF_8.name());
        texts.setFallbackToSystemLocale(false);
        texts.setAlwaysUseMessageFormat(true);
        return texts;
    }

    static TreeSet<String> areas() throws IOException {
        var names = new TreeSet<String>();
        var found =
                new PathMatchingResourcePatternResolver()
                        .getResources("classpath*:" + PLACE + "*.properties");
        for (var file : found) {
            var name = String.valueOf(file.getFilename());
            names.add(PLACE + name.replaceFirst("(_\\w+)?\\.properties$", ""));
        }
        return names;
    }

    @Bean
    static LocaleResolver localeResolver(WebSettings settings) {
        var resolver = new OneOfOurs();
        resolver.setDefaultLocaleFunction(Languages::asked);
        resolver.setCookieMaxAge(Duration.ofDays(365));
        resolver.setCookieHttpOnly(true);
        resolver.setCookieSameSite("Lax");
        resolver.setCookieSecure("https".equalsIgnoreCase(settings.baseUrl().getScheme()));
        return resolver;
    }

    private static Locale asked(HttpServletRequest request) {
        var header = request.getHeader("Accept-Language");
        if (header == null || header.length() > 1000) return Locale.ENGLISH;
        try {
            var best = Locale.lookup(Locale.LanguageRange.parse(header), ALL);
            return best == null ? Locale.ENGLISH : best;
        } catch (IllegalArgumentException nonsense) {
            return Locale.ENGLISH;
        }
    }

    /// A cookie from elsewhere chooses among ours, no more.
    private static final class OneOfOurs extends CookieLocaleResolver {

        OneOfOurs() {
            super("postroom_language");
            setRejectInvalidCookies(false);
        }

        @Override
        protected Locale parseLocaleValue(String value) {
            return one(value);
        }

        @Override
        public void setLocale(
                HttpServletRequest request,
                @Nullable HttpServletResponse response,
                @Nullable Locale locale) {
            super.setLocale(request, response, locale == null ? null : one(locale.getLanguage()));
        }
    }

    static Locale one(String language) {
        return ALL.stream()
                .filter(it -> it.getLanguage().equals(language))
                .findFirst()
                .orElse(Locale.ENGLISH);
    }
}
