package dev.banyan.control;

import dev.banyan.access.Role;
import io.helidon.common.socket.SocketWriterException;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The control plane's HTTP server: the API, and whatever pages it is given.
///
/// Each connection has a virtual thread of its own. Closing ends every event stream, lets running
/// requests finish for a moment and frees the port.
public final class ControlServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
  private static final int CONNECTIONS = 512;
  private static final Duration GRACE = Duration.ofSeconds(2);

  // Helidon greets at every start, and logs what start() throws as well. The loggers are kept,
  // because java.util.logging forgets the level of one that nobody holds.
  private static final java.util.logging.Logger HELIDON =
      java.util.logging.Logger.getLogger("io.helidon");
  private static final java.util.logging.Logger HELIDON_START =
      java.util.logging.Logger.getLogger("io.helidon.webserver.LoomServer");

  static {
    HELIDON.setLevel(Level.WARNING);
    HELIDON_START.setLevel(Level.OFF);
  }

  private final WebServer server;
  private final EventFeed feed;
  private final InetSocketAddress address;

  private ControlServer(WebServer server, EventFeed feed, InetSocketAddress address) {
    this.server = server;
    this.feed = feed;
    this.address = address;
  }

  /// Listens, and returns once connections are accepted.
  ///
  /// @param pages routes beside the API's own, such as the console's
  /// @throws IOException when the address can not be listened on
  public static ControlServer start(
      ControlOptions options, Guard guard, Operations operations, EventFeed feed, List<Route> pages)
      throws IOException {
    List<Route> routes = new ArrayList<>(new ApiRoutes(operations, feed, guard).routes());
    routes.addAll(new GovernRoutes(operations).routes());
    routes.addAll(new TransferRoutes(operations.transferring()).routes());
    routes.addAll(new OutboxRoutes(operations).routes());
    routes.addAll(pages);
    WebServer server =
        WebServer.builder()
            .address(options.listen().getAddress())
            .port(options.listen().getPort())
            .shutdownHook(false)
            .shutdownGracePeriod(GRACE)
            .maxTcpConnections(CONNECTIONS)
            .featuresDiscoverServices(false)
            .contentEncoding(ContentEncodingContext.builder().build())
            .addRouting(routing(routes, guard))
            .build();
    server.start();
    if (!server.isRunning()) {
      // Helidon keeps the reason to itself; nearly always it is this one.
      throw new IOException(
          "the control plane can not listen on "
              + options.listen().getAddress().getHostAddress()
              + ":"
              + options.listen().getPort()
              + ": another program may have that port; set control.listen to a free one");
    }
    return new ControlServer(
        server, feed, new InetSocketAddress(options.listen().getAddress(), server.port()));
  }

  /// Where it really listens.
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    feed.close();
    server.stop();
  }

  private static HttpRouting.Builder routing(List<Route> routes, Guard guard) {
    HttpRouting.Builder routing = HttpRouting.builder();
    routing.addFilter((chain, _, response) -> {
      response.header(HeaderNames.CACHE_CONTROL, "no-store");
      response.header("X-Content-Type-Options", "nosniff");
      response.header("X-Frame-Options", "DENY");
      response.header("Referrer-Policy", "same-origin");
      response.header(
          "Content-Security-Policy",
          "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
      chain.proceed();
    });
    Map<String, List<Route>> byPath =
        routes.stream()
            .collect(Collectors.groupingBy(Route::path, LinkedHashMap::new, Collectors.toList()));
    byPath.forEach((path, methods) -> {
      for (Route route : methods) {
        routing.route(Method.create(route.method()), path, checked(route, guard));
      }
      routing.any(path, answering((request, response) -> refuseMethod(methods, response)));
    });
    routing.any(answering(ControlServer::refusePath));
    return routing;
  }

  private static Handler checked(Route route, Guard guard) {
    return answering((request, response) -> {
      var stranger = guard.stranger(route.method(), request.headers());
      if (stranger.isPresent()) {
        throw new RefusedException(stranger.get());
      }
      Role needs = route.needs();
      if (needs != null) {
        Caller caller =
            guard
                .caller(request.headers())
                .orElseThrow(() ->
                    new RefusedException(
                        Refusal.of(
                            Refusal.Code.UNAUTHORIZED,
                            "the control token is missing or wrong; send it as 'Authorization:"
                                + " Bearer …'")));
        caller.must(needs);
        request.context().register(caller);
      }
      route.handler().handle(request, response);
    });
  }

  /// Turns refusals into problem details, and faults into a 500 that tells nothing but is logged.
  private static Handler answering(Handler handler) {
    return (request, response) -> {
      try {
        handler.handle(request, response);
      } catch (RefusedException e) {
        Replies.problem(response, e.refusal());
      } catch (UncheckedIOException | SocketWriterException | CloseConnectionException e) {
        throw e; // the client is gone, and the server ends its connection
      } catch (RuntimeException e) {
        LOG.error("{} {} failed", request.prologue().method(), request.path().path(), e);
        Replies.problem(
            response,
            Refusal.of(Refusal.Code.FAULT, "Banyan could not do this; its log has the reason"));
      }
    };
  }

  private static void refuseMethod(List<Route> methods, ServerResponse response) {
    String allowed = methods.stream().map(Route::method).collect(Collectors.joining(", "));
    response.header(HeaderNames.ALLOW, allowed);
    throw new RefusedException(
        Refusal.of(Refusal.Code.METHOD_NOT_ALLOWED, "this path takes " + allowed));
  }

  private static void refusePath(ServerRequest request, ServerResponse response) {
    throw new RefusedException(
        Refusal.of(
            Refusal.Code.NOT_FOUND,
            "nothing is at "
                + request.path().path()
                + "; /api/v1/openapi.json lists what there is"));
  }
}
