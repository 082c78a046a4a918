package dev.banyan.proxy;

import dev.banyan.routing.OwnData;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Read your writes: which reads must go to the owner of the data, because the other side may not
/// have yet what their unit wrote.
///
/// What an event loop calls never waits. [#refresh] asks the change stream and may; one thread
/// calls it again and again. Until it has, a unit that wrote is behind.
public final class AfterWrites {
  /// What programs send back; a name and a token for each family.
  public static final String HEADER = "banyan-after";

  /// A cookie's name begins with it and ends with the family.
  static final String COOKIE = "banyan-after-";

  /// How long a browser keeps the cookie: as far behind as a change stream may be before browsers
  /// no longer read their writes.
  static final Duration KEPT = Duration.ofHours(1);

  /// How far apart the clocks of two processes may be.
  static final Duration CLOCKS = Duration.ofSeconds(1);

  private final Freshness freshness;
  private final AfterToken tokens;
  private final LongSupplier nanos;
  private final InstantSource clock;
  private final Map<String, FamilyWrites> families = new ConcurrentHashMap<>();

  /// @param key of the tokens, the same for all processes that serve the same clients
  /// @param process a word of letters and digits that no other process has
  /// @param nanos a monotonic clock
  public AfterWrites(
      Freshness freshness, byte[] key, String process, LongSupplier nanos, InstantSource clock) {
    this.freshness = freshness;
    this.tokens = new AfterToken(key, process);
    this.nanos = nanos;
    this.clock = clock;
  }

  /// A write has been answered, or was sent and will not be: told before the client hears of it.
  ///
  /// @param unit the hash of its sticky unit, or [StickyUnit#NONE]
  public void wrote(String family, long epoch, OwnData own, long unit) {
    if (own.readYourWrites() != OwnData.ReadYourWrites.OFF) {
      of(family).wrote(unit, epoch, own.afterWrite(), nanos.getAsLong());
    }
  }

  private FamilyWrites of(String family) {
    FamilyWrites known = families.get(family);
    return known != null
        ? known
        : families.computeIfAbsent(family, _ -> new FamilyWrites(FamilyWrites.UNITS));
  }

  /// The cookie that tells of a write that is answered now.
  public String cookie(String family, boolean secure) {
    return COOKIE
        + family
        + '='
        + tokens.make(family, clock.millis())
        + "; Max-Age="
        + KEPT.toSeconds()
        + "; Path=/; HttpOnly; SameSite=Lax"
        + (secure ? "; Secure" : "");
  }

  /// The value of [#HEADER] that tells of a write that is answered now.
  public String header(String family) {
    return family + '=' + tokens.make(family, clock.millis());
  }

  /// Whether a read must go to the owner.
  ///
  /// @param unit the hash of the request's sticky unit, or [StickyUnit#NONE]
  public boolean isBehind(String family, OwnData own, long unit, StickyUnit.Source request) {
    CharSequence token =
        switch (own.readYourWrites()) {
          case COOKIE -> StickyUnit.cookie(request.header("cookie"), COOKIE + family);
          case HEADER -> named(family, request.header(HEADER));
          case UNIT, OFF -> null;
        };
    FamilyWrites writes = of(family);
    AfterToken.Said said = token == null ? null : tokens.read(family, token);
    boolean follows = freshness.follows(family);
    if (said != null) {
      long allowance = said.own() ? 0 : CLOCKS.toMillis();
      return follows
          ? writes.isBehind(said.millis() + allowance)
          : clock.millis() - said.millis() < own.afterWrite().toMillis() + allowance;
    }
    boolean until = follows && own.readYourWrites() == OwnData.ReadYourWrites.UNIT;
    return unit != StickyUnit.NONE
        && writes.isBehind(unit, until, own.afterWrite(), nanos.getAsLong());
  }

  /// The value of one name in a list of `name=value, name=value`.
  private static @Nullable CharSequence named(String name, @Nullable CharSequence list) {
    if (list == null) {
      return null;
    }
    String text = list.toString();
    int at = 0;
    while (at < text.length()) {
      int comma = text.indexOf(',', at);
      int end = comma < 0 ? text.length() : comma;
      String each = text.substring(at, end).strip();
      if (each.length() > name.length()
          && each.charAt(name.length()) == '='
          && each.startsWith(name)) {
        return each.substring(name.length() + 1);
      }
      at = end + 1;
    }
    return null;
  }

  /// Asks how far the change streams are. May wait; one thread at a time.
  public void refresh() {
    families.forEach((family, writes) ->
        writes.refresh(
            family, freshness, new FamilyWrites.Moment(nanos.getAsLong(), clock.millis())));
  }

  /// Forgets families that are no more.
  public void retain(Set<String> names) {
    families.keySet().retainAll(names);
  }

  /// Units of a family that are remembered to have written.
  public int units(String family) {
    FamilyWrites known = families.get(family);
    return known == null ? 0 : known.size();
  }
}
