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

  ComparisonTee(Shadow shadow, ParityBook book) {
    this.shadow = shadow;
    this.book = book;
  }

  @Override
  public @Nullable Capture begin(Decision decision, String requestId) {
    Route route = decision.route();
    String family = route.family();
    String service = decision.shadow();
    if (family == null || service == null) {
      return null;
    }
    Sample sample =
        shadow.begin(
            requestId, family, route.epoch(), book.period(family), route.endpoint(), service);
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
