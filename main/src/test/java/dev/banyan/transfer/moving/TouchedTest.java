package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.SameTables;
import dev.banyan.transfer.mapping.Tables;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type.Kind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TouchedTest {
  private static final Table USERS = Tables.table("users", Tables.required("id", Kind.INTEGER));

  private final Touched touched = new Touched(new SameTables(Map.of(USERS.name(), USERS), true));

  private void touch(long id) throws Exception {
    assertThat(touched.of(USERS.name()).getFirst().forward(new Row(new Object[] {id}))).isNotNull();
  }

  private List<String> keys() {
    return touched.keys(0).orElseThrow().values().stream()
        .flatMap(each -> each.stream().map(Key::toString))
        .sorted()
        .toList();
  }

  @Test
  void nothingIsKnownBeforeAComparisonHasComeToItsEnd() throws Exception {
    Touched.Since first = touched.begin(0);
    touch(1);
    assertThat(touched.keys(0)).isEmpty();
    touched.end(first, false);
    assertThat(touched.keys(0)).as("it was cut short").isEmpty();
    touched.end(touched.begin(0), true);
    assertThat(keys()).isEmpty();
  }

  @Test
  void aComparisonCountsOnceItIsOverAndFromWhenItBegan() throws Exception {
    Touched.Since first = touched.begin(0);
    touch(1);
    Touched.Since second = touched.begin(0);
    touch(2);
    touched.end(first, true);
    assertThat(keys()).as("the second may not have seen 1").containsExactly("1", "2");
    touch(3);
    touched.end(second, true);
    assertThat(keys()).containsExactly("2", "3");
    Touched.Since third = touched.begin(0);
    touch(4);
    touched.end(third, false);
    assertThat(keys()).as("one that was cut short says nothing").containsExactly("2", "3", "4");
  }

  @Test
  void rowsThatAreKnownToAgreeNeedNoComparison() throws Exception {
    touch(1);
    touched.agreed(0);
    assertThat(keys()).isEmpty();
    touch(2);
    assertThat(keys()).containsExactly("2");
  }

  @Test
  void whatAComparisonFoundToDifferIsLookedAtAgain() throws Exception {
    Touched.Since since = touched.begin(0);
    touched.differs(since, USERS.name(), Key.of(7L));
    touched.end(since, true);
    touch(8);
    assertThat(keys()).containsExactly("7", "8");
  }

  @Test
  void whatWasLookedAtAndAgreesIsLookedAtNoMoreUnlessItIsTouchedAgain() throws Exception {
    touched.end(touched.begin(0), true);
    touch(1);
    touch(2);
    touch(3);
    Touched.Since underWay = touched.begin(0);
    touch(4);
    assertThat(touched.seen(5)).as("there are fewer").isEmpty();
    Touched.Seen seen = touched.seen(4).orElseThrow();
    touch(2);
    touch(5);
    touched.agree(seen, Map.of(USERS.name(), Set.of(Key.of(3L))));
    assertThat(keys()).as("2 and 5 are newer, and 3 differs").containsExactly("2", "3", "5");
    touched.end(underWay, true);
    assertThat(keys()).as("4 was looked at as well").containsExactly("2", "5");
  }

  @Test
  void whereThereWereTooManyOnlyAComparisonOfAllHelps() throws Exception {
    touched.end(touched.begin(0), true);
    for (long id = 0; id <= Touched.MOST; id++) {
      touch(id);
    }
    assertThat(touched.tooMany()).isTrue();
    assertThat(touched.seen(1)).as("to look at some of them is of no use").isEmpty();
    touched.end(touched.begin(0), true);
    assertThat(keys()).isEmpty();
  }

  @Test
  void beyondItsBoundItKnowsOnlyThatThereWereTooMany() throws Exception {
    touched.end(touched.begin(0), true);
    for (long id = 0; id <= Touched.MOST; id++) {
      touch(id);
    }
    assertThat(touched.keys(0)).isEmpty();
  }

  @Test
  void afterAGapNothingIsKnownUntilAllIsComparedAgain() {
    touched.end(touched.begin(3), true);
    assertThat(touched.keys(3)).isPresent();
    assertThat(touched.isPassedBy(3)).isFalse();
    assertThat(touched.keys(4)).isEmpty();
    assertThat(touched.isPassedBy(4)).isTrue();
    touched.end(touched.begin(4), true);
    assertThat(touched.keys(4)).isPresent();
  }
}
