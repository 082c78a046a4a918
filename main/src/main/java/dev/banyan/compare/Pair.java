package dev.banyan.compare;

import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Side;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Asks both sides at the same time, each within the timeout whatever it does.
record Pair(Player legacy, Player candidate, ExecutorService threads, Duration timeout) {
  private static final Duration GRACE = Duration.ofSeconds(1);

  record Legs(Leg legacy, Leg candidate) {}

  Legs ask(Request toLegacy, Request toCandidate) {
    Future<Leg> one = threads.submit(() -> legacy.ask(toLegacy));
    Future<Leg> other = threads.submit(() -> candidate.ask(toCandidate));
    return new Legs(await(one, Side.LEGACY), await(other, Side.CANDIDATE));
  }

  Leg askLegacy(Request request) {
    return await(threads.submit(() -> legacy.ask(request)), Side.LEGACY);
  }

  private Leg await(Future<Leg> answer, Side side) {
    Duration most = timeout.plus(GRACE);
    try {
      return answer.get(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      // the interrupt closes the socket that holds the thread
      answer.cancel(true);
      return failed(side, Leg.Failure.TIMEOUT, "no whole answer within " + most.toMillis() + " ms");
    } catch (InterruptedException _) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      return failed(side, Leg.Failure.TIMEOUT, "interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException("an asking never throws for what a side does", e.getCause());
    }
  }

  private Leg failed(Side side, Leg.Failure failure, String detail) {
    return new Leg.Failed(side, failure, detail, timeout);
  }
}
