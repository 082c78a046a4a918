package dev.banyan.console;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import dev.banyan.control.Caller;
import dev.banyan.control.Guard;
import dev.banyan.control.Operations;
import dev.banyan.control.Route;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// The console's pages and assets, as routes for the control server.
///
/// Safe for use by many threads.
public final class Console {
  private static final String HTMX = "/META-INF/resources/webjars/htmx.org/2.0.10/dist/htmx.min.js";
  private static final int LEDGER_ENTRIES = 10;

  private final Operations operations;
  private final Guard guard;
  private final Template page = template("page.html");
  private final Template rows = template("rows.html");

  private Console(Operations operations, Guard guard) {
    this.operations = operations;
    this.guard = guard;
  }

  /// @param guard the one that the server itself asks
  public static List<Route> routes(Operations operations, Guard guard) {
    Console console = new Console(operations, guard);
    Login login = new Login(guard);
    return List.of(
        new Route("GET", "/", true, console::page),
        new Route("GET", "/rows", false, console::rows),
        new Route("GET", "/login", true, login::form),
        new Route("POST", "/login", true, login::enter),
        new Route("POST", "/logout", true, login::leave),
        asset("/assets/console.css", "console.css", "text/css; charset=utf-8"),
        asset("/assets/console.js", "console.js", "text/javascript; charset=utf-8"),
        asset("/assets/icon.svg", "icon.svg", "image/svg+xml"),
        asset("/assets/htmx.js", HTMX, "text/javascript; charset=utf-8"));
  }

  private void page(ServerRequest request, ServerResponse response) {
    Optional<Caller> caller = guard.caller(request.headers());
    if (caller.isPresent()) {
      html(response, page, model(caller.get()));
    } else {
      redirect(response, "/login");
    }
  }

  private void rows(ServerRequest request, ServerResponse response) {
    Optional<Caller> caller = guard.caller(request.headers());
    if (caller.isPresent()) {
      html(response, rows, model(caller.get()));
    } else {
      response.status(401); // the session has ended since the server looked
      response.send();
    }
  }

  private PageModel model(Caller caller) {
    return PageModel.of(
        operations.status(),
        operations.transferring().transfers(),
        operations.ledgerTail(LEDGER_ENTRIES),
        new PageModel.Visitor(
            caller.name() == null ? "" : caller.name(), caller.role(), guard.asksForToken()));
  }

  static void html(ServerResponse response, Template template, Object model) {
    response.header(HeaderNames.CONTENT_TYPE, "text/html; charset=utf-8");
    response.send(template.execute(model).getBytes(StandardCharsets.UTF_8));
  }

  static void redirect(ServerResponse response, String path) {
    response.status(303);
    response.header(HeaderNames.LOCATION, path);
    response.send();
  }

  static Template template(String name) {
    return Mustache.compiler()
        .emptyStringIsFalse(true)
        .nullValue("")
        .withLoader(part -> new StringReader(text(part)))
        .compile(text(name));
  }

  private static Route asset(String path, String resource, String type) {
    byte[] bytes = bytes(resource);
    return new Route(
        "GET",
        path,
        true,
        (_, response) -> {
          response.header(HeaderNames.CONTENT_TYPE, type);
          response.send(bytes);
        });
  }

  private static String text(String resource) {
    return new String(bytes(resource), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String resource) {
    try (InputStream in = Console.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks its resource " + resource);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
