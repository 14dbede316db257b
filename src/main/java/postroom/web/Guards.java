package postroom.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.header.writers.CrossOriginOpenerPolicyHeaderWriter.CrossOriginOpenerPolicy;

import postroom.access.Access;

import java.io.IOException;

/// Two chains of filters: calls with bearer keys, and pages with a session. Who may do what is
/// asked later, by the [Gatekeeper], handler by handler.
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
class Guards {

    @Bean
    @Order(1)
    SecurityFilterChain calls(HttpSecurity http, Access access, WebSettings settings) {
        return http.securityMatcher("/v1/**", "/health/**", "/metrics")
                .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable) // no cookie is looked at
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .anonymous(AbstractHttpConfigurer::disable)
                .headers(headers ->
                        headers.contentSecurityPolicy(
                                        csp -> csp.policyDirectives("default-src 'none'"))
                                .httpStrictTransportSecurity(hsts -> onlyOverHttps(hsts, settings)))
                .addFilterBefore(new KeyFilter(access, settings), AuthorizationFilter.class)
                .build();
    }

    @Bean
    SignInDesk signInDesk(Access access, WebSettings settings) {
        return new SignInDesk(access.people(), settings);
    }

    @Bean
    PasskeyDesk passkeyDesk(Access access, WebSettings settings) {
        return new PasskeyDesk(access.people(), settings);
    }

    @Bean
    @Order(2)
    SecurityFilterChain pages(HttpSecurity http, SignInDesk desk, WebSettings settings) {
        return http.sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(csrf ->
                        csrf.csrfTokenRepository(desk.forms())
                                .ignoringRequestMatchers(
                                        "/language")) // harmless, and on every page
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .anonymous(AbstractHttpConfigurer::disable)
                .addFilterAfter(new SessionFilter(desk), CsrfFilter.class)
                .exceptionHandling(trouble -> trouble.accessDeniedHandler(Guards::tooOld))
                .headers(headers ->
                        headers.frameOptions(frames -> frames.disable())
                                .addHeaderWriter(new PageHeaders())
                                .crossOriginOpenerPolicy(
                                        c -> c.policy(CrossOriginOpenerPolicy.SAME_ORIGIN))
                                .httpStrictTransportSecurity(hsts -> onlyOverHttps(hsts, settings)))
                .build();
    }

    private static void onlyOverHttps(
            HeadersConfigurer<HttpSecurity>.HstsConfig hsts, WebSettings settings) {
        hsts.maxAgeInSeconds(31_536_000)
                .includeSubDomains(false)
                .requestMatcher(_ -> settings.isHttps());
    }

    private static void tooOld(
            HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
            throws IOException {
        var problem =
                new Problem(
                        403,
                        "This form is too old",
                        "Somebody signed in or out in this browser since it was opened, or the"
                                + " browser sends no cookies. Go back, reload the page and try"
                                + " again; nothing was changed.");
        Problems.write(problem, request, response);
    }
}
