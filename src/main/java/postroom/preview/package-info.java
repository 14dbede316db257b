/// What a message looks like, for somebody who may see its content.
///
/// `console` asks for the text, the HTML and the list of attachments of a content, or for one part
/// of it.
///
/// Content is hostile until proven otherwise: it is read as a stream, with limits on depth, parts
/// and sizes; its HTML keeps only what a list allows, loads nothing from anywhere and leads nowhere
/// by itself. The page around it puts it into a sandbox as well.
///
/// Read on in [postroom.preview.Preview], then [postroom.preview.Entities] and
/// [postroom.preview.TamedHtml].
@NullMarked
package postroom.preview;

import org.jspecify.annotations.NullMarked;
