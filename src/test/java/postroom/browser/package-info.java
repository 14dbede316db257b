/// The console in a real browser: Debian's Chromium, driven by Playwright, in front of the whole
/// program and the imaginary providers. Where there is no Chromium these tests say loudly that they
/// did not run.
///
/// Read on in [postroom.browser.Town], then [postroom.browser.EveryPageTest] and
/// [postroom.browser.StoriesTest].
@NullMarked
package postroom.browser;

import org.jspecify.annotations.NullMarked;
