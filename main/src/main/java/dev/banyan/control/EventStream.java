package dev.banyan.control;

import io.helidon.common.socket.SocketWriterException;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the event feed to one client as server-sent events, on the request's own thread, until
/// the client goes away, falls behind or the server stops.
final class EventStream implements Handler {
  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

  /// How long the stream may be silent before a comment shows that it lives.
  static final Duration HEARTBEAT = Duration.ofSeconds(10);

  private final EventFeed feed;
  private final Guard guard;

  EventStream(EventFeed feed, Guard guard) {
    this.feed = feed;
    this.guard = guard;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    EventFeed.Follower follower =
        feed.follow()
            .orElseThrow(() ->
                new RefusedException(
                    Refusal.of(
                        Refusal.Code.TOO_MANY_FOLLOWERS,
                        "the event stream has room for "
                            + EventFeed.FOLLOWERS
                            + " clients; try again later")));
    response.header(HeaderNames.CONTENT_TYPE, "text/event-stream");
    try (follower;
        OutputStream out = response.outputStream()) {
      write(follower, out, () -> guard.caller(request.headers()).isPresent());
    } catch (IOException
        | UncheckedIOException
        | SocketWriterException
        | CloseConnectionException e) {
      LOG.debug("a follower of the event stream is gone", e);
    } catch (InterruptedException e) {
      LOG.debug("a follower of the event stream was cut off", e);
    }
  }

  /// @param known whether the client's token still holds; a revoked one ends the stream with the
  ///   next event or comment
  private static void write(EventFeed.Follower follower, OutputStream out, BooleanSupplier known)
      throws IOException, InterruptedException {
    send(out, "retry: 1000\n: banyan\n\n");
    while (true) {
      EventFeed.Signal signal = follower.queue().poll(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
      if (!known.getAsBoolean()) {
        return;
      }
      switch (signal) {
        case null -> send(out, ": still here\n\n");
        case EventFeed.Signal.Told told -> send(out, text(told.event()));
        case EventFeed.Signal.Ended _ -> {
          return;
        }
      }
    }
  }

  static String text(Event event) {
    return switch (event) {
      case Event.FamilyChanged changed ->
          named("family", Json.text(Documents.Family.of(changed.family())));
      case Event.Recorded recorded ->
          named("ledger", Json.text(Documents.Entry.of(recorded.entry())));
    };
  }

  /// The JSON that is written here has no line breaks, so it is one line of data.
  private static String named(String name, String data) {
    return "event: " + name + "\ndata: " + data + "\n\n";
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
