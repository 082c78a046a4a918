package dev.banyan.app;

import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.parity.ParityBook;
import dev.banyan.proxy.Capture;
import dev.banyan.proxy.Tee;
import dev.banyan.routing.Decision;
import dev.banyan.routing.Route;
import dev.banyan.shadow.Drop;
import dev.banyan.shadow.Sample;
import dev.banyan.shadow.Shadow;
import org.jspecify.annotations.Nullable;

/// Leads what the gateway's tee collects into the shadow. Called on event loops.
final class ComparisonTee implements Tee {
  private final Shadow shadow;
  private final ParityBook book;
  private final Writes writes;

  ComparisonTee(Shadow shadow, ParityBook book, Writes writes) {
    this.shadow = shadow;
    this.book = book;
    this.writes = writes;
  }

  @Override
  public @Nullable Capture begin(Decision decision, String requestId) {
    Route route = decision.route();
    String family = route.family();
    if (family == null) {
      return null;
    }
    String service = decision.shadow();
    if (service == null) {
      if (decision.write() != null) {
        writes.blocked(family);
      }
      return null;
    }
    long period = book.period(family);
    WriteErrand errand =
        decision.write() == null ? null : writes.errand(decision, family, requestId, period);
    Sample sample =
        shadow.begin(requestId, family, route.epoch(), period, route.endpoint(), service, errand);
    if (errand != null) {
      if (sample == null) {
        errand.unsampled();
      } else {
        errand.sampled();
      }
    }
    return sample == null ? null : new Collecting(sample);
  }

  @Override
  public void late(long late, long now) {
    shadow.late(late, now);
  }

  private record Collecting(Sample sample) implements Capture {
    @Override
    public boolean admit(boolean request, int bytes) {
      return sample.admit(request, bytes);
    }

    @Override
    public void complete(Request request, Leg.Answered primary) {
      sample.complete(request, primary);
    }

    @Override
    public void abandon(Reason reason) {
      sample.abandon(
          switch (reason) {
            case PRIMARY_FAILED -> Drop.PRIMARY_FAILED;
            case CLIENT_GONE -> Drop.CLIENT_GONE;
            case STREAM -> Drop.STREAM;
          });
    }
  }
}
