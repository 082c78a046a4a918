package dev.banyan.app;

import dev.banyan.access.Tokens;
import dev.banyan.config.BanyanConfig;
import dev.banyan.config.Secret;
import dev.banyan.console.Console;
import dev.banyan.control.ControlOptions;
import dev.banyan.control.ControlServer;
import dev.banyan.control.EventFeed;
import dev.banyan.control.FlagRoutes;
import dev.banyan.control.Guard;
import dev.banyan.control.LocalSocket;
import dev.banyan.control.MetricsPage;
import dev.banyan.control.Operations;
import dev.banyan.control.Route;
import dev.banyan.control.Sides;
import dev.banyan.telemetry.Scrape;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The ways in for those who govern: the control server with its pages, and the socket of the data
/// directory.
final class Entrance implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Entrance.class);

  private final ControlServer control;
  private final @Nullable LocalSocket local;

  private Entrance(ControlServer control, @Nullable LocalSocket local) {
    this.control = control;
    this.local = local;
  }

  /// @param data the data directory
  /// @throws IOException when the control server can not listen
  static Entrance open(
      BanyanConfig.Control options,
      Path data,
      Tokens tokens,
      Operations face,
      EventFeed feed,
      Scrape scrape,
      Sides sides)
      throws IOException {
    Secret token = options.token();
    ControlOptions control =
        new ControlOptions(
            Front.address("control.listen", options.listen()),
            token == null ? null : token.reveal());
    Guard guard = new Guard(control, tokens);
    List<Route> pages = new ArrayList<>(Console.routes(face, guard));
    pages.addAll(FlagRoutes.of(sides));
    pages.add(MetricsPage.route(Scrape.MEDIA_TYPE, scrape::text));
    ControlServer server = ControlServer.start(control, guard, face, feed, pages);
    return new Entrance(server, local(data, face));
  }

  /// Serving does not depend on it: a path that is too long must keep nobody from starting.
  private static @Nullable LocalSocket local(Path data, Operations face) {
    try {
      return LocalSocket.listen(data, face);
    } catch (IOException e) {
      LOG.warn("'banyan rollback --local' will not work: {}", e.getMessage());
      return null;
    }
  }

  InetSocketAddress address() {
    return control.address();
  }

  @Override
  public void close() throws IOException {
    control.close();
    if (local != null) {
      local.close();
    }
  }
}
