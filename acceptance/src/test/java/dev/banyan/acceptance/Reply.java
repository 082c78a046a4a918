package dev.banyan.acceptance;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;

/// What a [Backend] does with a request.
sealed interface Reply {

  /// A whole answer. `Server` and `Content-Length` are added.
  record Whole(int status, Map<String, String> headers, String body) implements Reply {
    public Whole {
      headers = Map.copyOf(headers);
    }
  }

  /// The same, later.
  record Late(Duration by, Reply then) implements Reply {}

  /// Nothing, for as long as the other side has patience.
  record Hang() implements Reply {}

  /// The connection is reset before a byte of the answer.
  record Reset() implements Reply {}

  /// The connection is reset in the middle of the body.
  record Half() implements Reply {}

  /// A body that never ends.
  record Endless() implements Reply {}

  /// The request's upgrade is agreed to, and what comes is sent back.
  record Tunnel() implements Reply {}

  /// A stream of events, each a word that somebody puts into the queue.
  record Events(BlockingQueue<String> words) implements Reply {}

  static Reply json(int status, String body) {
    return new Whole(status, Map.of("Content-Type", "application/json"), body);
  }

  /// What both backends say unless told otherwise: the request's target, so that distinct requests
  /// have distinct answers.
  static Reply plain(Message request) {
    return json(200, "{\"target\":\"" + request.target().replace("\"", "") + "\"}");
  }

  static Reply error() {
    return json(500, "{\"error\":\"planted\"}");
  }
}
