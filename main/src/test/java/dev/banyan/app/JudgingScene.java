package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.ConfigFile;
import dev.banyan.config.ConfigResult;
import dev.banyan.config.Environment;
import dev.banyan.exchange.Body;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.Side;
import dev.banyan.parity.Books;
import dev.banyan.parity.Comparison;
import dev.banyan.parity.ParityBook;
import dev.banyan.parity.ParityStore;
import dev.banyan.shadow.Drop;
import dev.banyan.shadow.FollowUp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// One family between two sides that answer as a test says, and what is asked of them again.
abstract class JudgingScene {
  static final Endpoint USER = new Endpoint("GET", "/users/{id}");
  static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  /// Nothing is kept by it.
  private static final class NoStore implements ParityStore {
    @Override
    public void save(String family, Kept kept) {}

    @Override
    public Map<String, Kept> load() {
      return Map.of();
    }
  }

  @TempDir private Path folder;

  final ParityBook book = Books.book(new NoStore(), START);
  final Random random = new Random(42);
  long nanos = 5;
  double drawn = 0.5;
  boolean broken;

  final Judging judging =
      new Judging(
          new Judging.Ports(
              book, this::comparison, () -> drawn, () -> nanos, () -> START.plusNanos(nanos)));

  /// What was asked again, in order.
  final List<FollowUp.Question> asked = new ArrayList<>();

  Side primary = Side.LEGACY;
  Endpoint endpoint = USER;

  /// The answers to one request: the legacy's and the candidate's, each as often as it is asked.
  Supplier<String> legacy = () -> "{\"n\":1}";

  Supplier<String> candidate = () -> "{\"n\":1}";
  int againStatus = 200;
  @Nullable Drop drop;
  boolean failing;

  /// Runs while a follow-up waits for something.
  Runnable whileItWaits = () -> {};

  @BeforeEach
  final void configure() {
    judging.adopt(config("2%"));
  }

  Comparison comparison(String family) {
    if (broken) {
      throw new IllegalStateException("a fault in comparing " + family);
    }
    return Comparison.of();
  }

  BanyanConfig config(String again) {
    return config(again, "ip");
  }

  BanyanConfig config(String again, String sticky) {
    try {
      Path file =
          Files.writeString(
              folder.resolve("banyan.yaml"),
              """
              services:
                legacy: { url: http://127.0.0.1:3000 }
                next: { url: http://127.0.0.1:4000 }
              families:
                users:
                  routes: ["GET /users/{id}", "/all/{id}", { route: "POST /search", safe: true },
                           { route: "GET /export", safe: false }]
                  candidate: next
                  sticky: %s
                  shadow: { again: %s }
              """
                  .formatted(sticky, again));
      return ((ConfigResult.Loaded) new ConfigFile(file, Environment.of(Map.of())).load()).config();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Response answer(Side side, int status) {
    String body = (side == Side.LEGACY ? legacy : candidate).get();
    return new Response(
        status,
        Headers.of("content-type", "application/json"),
        Body.of(body.getBytes(StandardCharsets.UTF_8)));
  }

  Leg answered(Side side, int status) {
    return new Leg.Answered(side, answer(side, status), Duration.ofMillis(1));
  }

  Exchange exchange() {
    Request request = new Request(endpoint.method(), "/users/1", Headers.NONE, Body.EMPTY);
    Leg first = answered(primary, 200);
    return new Exchange("id", "users", 3, endpoint, request, first, answered(primary.other(), 200));
  }

  /// One exchange, with all that is asked because of it.
  void meet() {
    follow(judging.judge(exchange(), book.period("users")));
  }

  void follow(@Nullable FollowUp first) {
    for (FollowUp next = first; next != null; ) {
      Drop reason = drop;
      if (reason != null) {
        next.givenUp().accept(reason);
        return;
      }
      FollowUp.Until until = next.until();
      AtomicBoolean now = new AtomicBoolean(until == null);
      AtomicBoolean late = new AtomicBoolean();
      if (until != null) {
        until.begin(() -> now.set(true), () -> late.set(true));
        whileItWaits.run();
      }
      if (late.get()) {
        next.givenUp().accept(Drop.ROWS_BEHIND);
        return;
      }
      assertThat(now).as("it goes on, or is given up").isTrue();
      List<Leg> legs = new ArrayList<>();
      for (FollowUp.Question question : next.questions()) {
        asked.add(question);
        Side side = question.side();
        legs.add(
            failing
                ? new Leg.Failed(side, Leg.Failure.RESET, "reset", Duration.ZERO)
                : answered(side, againStatus));
      }
      next = next.then().apply(legs);
    }
  }

  void meet(int times) {
    for (int i = 0; i < times; i++) {
      nanos += TimeUnit.MILLISECONDS.toNanos(200);
      meet();
    }
  }

  ParityEvidence evidence() {
    return book.evidence("users");
  }

  static String answer(Instant at, String token, Object n) {
    return "{\"at\":\"" + at + "\",\"token\":\"" + token + "\",\"n\":" + n + "}";
  }

  String volatileAnswer(Object n) {
    nanos += 3_000_000;
    return answer(START.plusNanos(nanos), Long.toHexString(random.nextLong() | Long.MIN_VALUE), n);
  }

  void learned() {
    meet(FamilyJudging.FIRST);
    asked.clear();
  }
}
