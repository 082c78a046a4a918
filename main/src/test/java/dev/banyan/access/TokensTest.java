package dev.banyan.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.access.Tokens.Created;
import dev.banyan.access.Tokens.Revoked;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TokensTest {
  private final InMemoryTokens store = new InMemoryTokens();
  private Instant now = Instant.parse("2026-03-01T08:00:00Z");
  private byte made;
  private final Tokens tokens = new Tokens(store, () -> now, this::bytes);

  private byte[] bytes() {
    byte[] bytes = new byte[32];
    bytes[0] = ++made;
    return bytes;
  }

  private Created.Made create(String name, Role role, @Nullable Duration lasts) {
    return (Created.Made) tokens.create(name, role, lasts, false);
  }

  private String why(Created created) {
    return ((Created.Refused) created).why();
  }

  @Test
  void anAdminMayAllThatOthersMayAndAViewerOnlyLooks() {
    assertThat(Role.ADMIN.may(Role.APPROVER)).isTrue();
    assertThat(Role.APPROVER.may(Role.OPERATOR)).isTrue();
    assertThat(Role.OPERATOR.may(Role.APPROVER)).isFalse();
    assertThat(Role.VIEWER.may(Role.VIEWER)).isTrue();
    assertThat(Role.of("approver")).contains(Role.APPROVER);
    assertThat(Role.of("root")).isEmpty();
  }

  @Test
  void nobodyIsKnownAndATokenIsNeededBeforeTheStoreWasRead() {
    assertThat(tokens.needed()).isTrue();

    tokens.refresh();

    assertThat(tokens.needed()).isFalse();
  }

  @Test
  void aSecretIsShownOnceKnownFromThenOnAndNotKept() {
    Created.Made ann = create("ann", Role.ADMIN, null);

    assertThat(ann.secret()).matches("banyan_[A-Za-z0-9_-]{43}");
    assertThat(tokens.bySecret(ann.secret())).contains(ann.token());
    assertThat(tokens.bySecret(ann.secret() + "x")).isEmpty();
    assertThat(tokens.needed()).isTrue();
    assertThat(store.list().toString()).doesNotContain(ann.secret().substring(7));
  }

  @Test
  void aSessionIsKnownAndIsNotTheSecretAndWhatIsKeptIsNeither() {
    Created.Made ann = create("ann", Role.ADMIN, null);
    String session = Secrets.session(ann.secret());

    assertThat(tokens.bySession(session)).contains(ann.token());
    assertThat(tokens.bySecret(session)).isEmpty();
    assertThat(tokens.bySecret(ann.token().hash())).isEmpty();
    assertThat(tokens.bySession(ann.token().hash())).isEmpty();
  }

  @Test
  void theFirstTokenIsAnAdminsThatDoesNotExpire() {
    assertThat(why(tokens.create("bob", Role.OPERATOR, null, false))).contains("--role admin");
    assertThat(why(tokens.create("bob", Role.ADMIN, Duration.ofDays(1), false)))
        .contains("does not expire");

    assertThat(tokens.create("bob", Role.OPERATOR, null, true)).isInstanceOf(Created.Made.class);
  }

  @Test
  void aNameIsGivenOnceAndIsFitForTheLedger() {
    create("ann", Role.ADMIN, null);

    assertThat(why(tokens.create("ann", Role.VIEWER, null, false))).contains("already");
    assertThat(why(tokens.create("banyan", Role.VIEWER, null, false))).contains("'banyan'");
    assertThat(why(tokens.create("a b", Role.VIEWER, null, false))).contains("no name");
    assertThat(why(tokens.create("", Role.VIEWER, null, false))).contains("no name");
  }

  @Test
  void aTokenIsWorthNothingOnceItIsOver() {
    create("ann", Role.ADMIN, null);
    Created.Made guest = create("guest", Role.VIEWER, Duration.ofDays(90));

    now = now.plus(Duration.ofDays(90)).minusMillis(1);
    assertThat(tokens.bySecret(guest.secret())).isPresent();

    now = now.plusMillis(1);
    assertThat(tokens.bySecret(guest.secret())).isEmpty();
    assertThat(tokens.bySession(Secrets.session(guest.secret()))).isEmpty();
  }

  @Test
  void aRevokedTokenAndItsSessionsEndAtOnce() {
    create("ann", Role.ADMIN, null);
    Created.Made bob = create("bob", Role.OPERATOR, null);

    assertThat(tokens.revoke("bob", false)).isEqualTo(new Revoked.Done(bob.token()));

    assertThat(tokens.bySecret(bob.secret())).isEmpty();
    assertThat(tokens.bySession(Secrets.session(bob.secret()))).isEmpty();
    assertThat(tokens.revoke("bob", false)).isEqualTo(new Revoked.Unknown());
  }

  @Test
  void theLastAdminStaysUnlessAnotherOneGetsIn() {
    create("ann", Role.ADMIN, null);
    create("guest", Role.ADMIN, Duration.ofDays(1));

    assertThat(tokens.revoke("ann", false))
        .isInstanceOfSatisfying(
            Revoked.Refused.class, refused -> assertThat(refused.why()).contains("control.token"));
    assertThat(tokens.revoke("ann", true)).isInstanceOf(Revoked.Done.class);
  }

  @Test
  void callersAreKnownWhileTheStoreIsGone() {
    Created.Made ann = create("ann", Role.ADMIN, null);
    store.fail(true);

    assertThatThrownBy(tokens::refresh).isInstanceOf(UncheckedIOException.class);
    assertThat(tokens.bySecret(ann.secret())).isPresent();
  }

  @Test
  void whatAnotherReplicaHasRevokedEndsWithTheNextLook() {
    create("ann", Role.ADMIN, null);
    Created.Made bob = create("bob", Role.OPERATOR, null);
    store.delete("bob");

    tokens.refresh();

    assertThat(tokens.bySecret(bob.secret())).isEmpty();
  }
}
