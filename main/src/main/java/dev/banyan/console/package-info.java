/// The web console: the families as rows, live, with buttons that promote and roll back.
///
/// [Console] gives the routes to `control`'s server. A page is a [PageModel], which turns what
/// [dev.banyan.control.Operations] tells into ready words, written by a mustache template. The
/// browser then follows the event stream and asks for the rows anew when something happened;
/// buttons go through the API like every other client. [Login] is the door when there is a token.
@NullMarked
package dev.banyan.console;

import org.jspecify.annotations.NullMarked;
