package dev.banyan.compare;

import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.migration.Endpoint;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One side of the replay: who answers, and what it has answered so far that later requests hold.
/// Used by one thread, but for [#ask].
final class Player {
  private final Asking asking;
  private final Captures captures = new Captures();
  private final Cookies cookies = new Cookies();
  private final Placeholders placeholders = new Placeholders();

  Player(Asking asking) {
    this.asking = asking;
  }

  /// A recorded request as this side is to get it; nothing where a placeholder has no value.
  Optional<Request> prepared(Request recorded) {
    return placeholders.fill(recorded).map(request -> cookies.apply(captures.apply(request)));
  }

  Leg ask(Request request) {
    return asking.ask(request);
  }

  /// Takes in what this side has answered to a recorded request.
  ///
  /// @param played what the file, or the other side, has answered; null where there is nothing
  void hear(Request recorded, Response answer, @Nullable Response played) {
    cookies.hear(answer);
    boolean written = !Endpoint.isRead(recorded.method());
    if (written && answer.status() >= 200 && answer.status() < 300) {
      placeholders.learn(recorded.target(), answer);
    }
    if (played != null) {
      captures.learn(recorded.target(), played, answer);
      Map<String, String> mine = Cookies.set(answer);
      Cookies.set(played)
          .forEach((name, value) -> {
            String own = mine.get(name);
            if (own != null) {
              captures.token(value, own);
            }
          });
    }
  }
}
