package dev.banyan.replica;

import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the listener has been told, so that it is told of changes only. Guarded by its own monitor,
/// which is held while the listener is called, so that it hears things in their order.
final class Notices {
  private static final Logger LOG = LoggerFactory.getLogger(Notices.class);

  private final ReplicaListener listener;
  private boolean leased;
  private long term;

  Notices(ReplicaListener listener) {
    this.listener = listener;
  }

  synchronized void heard(long until) {
    listener.heard(until);
  }

  /// What ends in order loses nothing that anybody need be told of.
  synchronized void end() {
    leased = false;
    term = 0;
  }

  synchronized void tell(Lease lease, Office office, LongSupplier nanos) {
    long now = nanos.getAsLong();
    boolean holds = lease.holds(now);
    OptionalLong held = office.term(now);
    if (term != 0 && held.orElse(0) != term) {
      LOG.warn("no longer the controller (term {})", term);
      term = 0;
      listener.deposed();
    }
    if (holds != leased) {
      leased = holds;
      if (holds) {
        LOG.info("the store answers; this replica has a lease");
        listener.regained();
      } else {
        LOG.warn("no answer from the store for as long as the lease lasts; it has run out");
        listener.lost();
      }
    }
    if (term == 0 && held.isPresent()) {
      term = held.getAsLong();
      LOG.info("the controller now (term {})", term);
      listener.becameController(term);
    }
  }
}
