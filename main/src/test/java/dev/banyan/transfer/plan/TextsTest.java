package dev.banyan.transfer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.SnapshotToken;
import dev.banyan.transfer.table.Special;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What is remembered comes back as it was.
final class TextsTest {
  private static final SnapshotToken XIDS =
      new SnapshotToken.Xids(729, 734, Set.of(729L, 731L), new Position(0, 5120));

  @Test
  void keysOfEveryTypeComeBack() {
    List<Object> cells =
        List.of(
            42L,
            "a b,c:\n%é\uD83D\uDE00",
            "",
            new BigInteger("18446744073709551615"),
            new BigDecimal("-1.50"),
            true,
            1.5f,
            -0.25,
            UUID.fromString("00000000-0000-0000-0000-00000000000f"),
            LocalDate.of(2026, 2, 28),
            LocalTime.of(23, 59, 59, 1000),
            LocalDateTime.of(1, 1, 1, 0, 0),
            OffsetTime.parse("10:00+02:00"),
            Instant.ofEpochSecond(-1),
            Duration.ofHours(-30),
            Special.INFINITY);
    Key key = new Key(cells);
    assertEquals(key, KeyText.key(KeyText.text(key)));
    assertEquals(cells, KeyText.key(KeyText.text(key)).cells());
  }

  @Test
  void bytesComeBack() {
    Key key = Key.of(new byte[] {0, -1, 127}, new byte[0]);
    assertEquals(key, KeyText.key(KeyText.text(key)));
  }

  @Test
  void marksComeBack() {
    Mark mark =
        new Mark(
            true,
            List.of(
                new Done(new Range(Optional.empty(), Optional.of(Key.of(41L))), Optional.empty()),
                new Done(
                    new Range(Optional.of(Key.of(41L)), Optional.empty()),
                    Optional.of(new Seen(XIDS, new Position(3, 7))))),
            Optional.of(new Position(3, 9)),
            "it says: no\nmore");
    assertEquals(mark, Texts.mark(Texts.text(mark)));
    assertEquals(Mark.NEW, Texts.mark(Texts.text(Mark.NEW)));
  }

  @Test
  void theHeadComesBack() {
    Unseen unseen =
        Unseen.since(XIDS)
            .plus(new Commit(new Position(0, 10), 731))
            .plus(new Commit(new Position(0, 20), 4294967295L));
    Texts.Head back = Texts.head(Texts.text(new Texts.Head(new Position(0, 30), unseen)));
    assertEquals(new Position(0, 30), back.durable());
    assertEquals(unseen.commits().list(), back.unseen().commits().list());
    assertEquals(Optional.of(XIDS), back.unseen().s0());
  }

  @Test
  void whatCanNotBeReadIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Texts.mark("done yesterday"));
    assertThrows(IllegalArgumentException.class, () -> Texts.head("at 0/1\nwhatever 3"));
  }
}
