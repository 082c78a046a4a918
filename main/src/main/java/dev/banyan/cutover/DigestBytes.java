package dev.banyan.cutover;

import dev.banyan.cutover.TickDigest.Strangers;
import dev.banyan.cutover.TickDigest.Unit;
import dev.banyan.statistics.Answers;
import dev.banyan.statistics.Latencies;
import dev.banyan.statistics.Legs;
import dev.banyan.statistics.Pairs;
import dev.banyan.statistics.SideTick;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A [TickDigest] as bytes: a version, then its parts in their order, most numbers in as few bytes
/// as they need (LEB128).
final class DigestBytes {
  private static final int VERSION = 2;
  private static final int CANDIDATE = 1;
  private static final int FAILED = 2;

  private DigestBytes() {}

  static byte[] write(TickDigest digest) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      side(out, digest.legacy());
      side(out, digest.candidate());
      answers(out, digest.pairs().legacy());
      answers(out, digest.pairs().candidate());
      number(out, digest.units().size());
      for (Unit unit : digest.units()) {
        out.writeLong(unit.hash());
        out.writeByte((unit.candidate() ? CANDIDATE : 0) | (unit.failed() ? FAILED : 0));
        number(out, unit.routed());
        number(out, unit.slowest() + 1);
      }
      strangers(out, digest.legacyStrangers());
      strangers(out, digest.candidateStrangers());
      number(out, digest.lost());
    } catch (IOException e) {
      throw new AssertionError("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private static void side(DataOutputStream out, SideTick side) throws IOException {
    answers(out, side.reads());
    answers(out, side.writes());
    number(out, side.connectFailures());
    number(out, side.legs().sent());
    number(out, side.legs().heard());
  }

  private static void strangers(DataOutputStream out, Strangers strangers) throws IOException {
    number(out, strangers.routed());
    answers(out, strangers.ended());
  }

  private static void answers(DataOutputStream out, Answers answers) throws IOException {
    number(out, answers.requests());
    number(out, answers.errors());
    long[] micros = answers.latencies().micros();
    long[] counts = answers.latencies().counts();
    number(out, micros.length);
    long before = 0;
    for (int i = 0; i < micros.length; i++) {
      number(out, micros[i] - before);
      number(out, counts[i]);
      before = micros[i];
    }
  }

  private static void number(DataOutputStream out, long number) throws IOException {
    long rest = number;
    while ((rest & ~0x7FL) != 0) {
      out.writeByte((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  static TickDigest read(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readByte();
      if (version != VERSION) {
        throw new IllegalArgumentException(
            "a digest of version " + version + " is not understood; this is version " + VERSION);
      }
      SideTick legacy = side(in);
      SideTick candidate = side(in);
      Pairs pairs = new Pairs(answers(in), answers(in));
      List<Unit> units = units(in);
      TickDigest digest =
          new TickDigest(legacy, candidate, pairs, units, strangers(in), strangers(in), number(in));
      if (in.available() > 0) {
        throw new IllegalArgumentException("a digest goes on after its end");
      }
      return digest;
    } catch (IOException e) {
      throw new IllegalArgumentException("a digest ends before its end", e);
    }
  }

  private static List<Unit> units(DataInputStream in) throws IOException {
    int count = size(in, Long.BYTES);
    List<Unit> units = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long hash = in.readLong();
      int flags = in.readByte();
      int routed = (int) Math.min(number(in), Integer.MAX_VALUE);
      boolean candidate = (flags & CANDIDATE) != 0;
      units.add(new Unit(hash, candidate, routed, (flags & FAILED) != 0, number(in) - 1));
    }
    return units;
  }

  private static SideTick side(DataInputStream in) throws IOException {
    return new SideTick(answers(in), answers(in), number(in), new Legs(number(in), number(in)));
  }

  private static Strangers strangers(DataInputStream in) throws IOException {
    return new Strangers(number(in), answers(in));
  }

  private static Answers answers(DataInputStream in) throws IOException {
    long requests = number(in);
    long errors = number(in);
    int length = size(in, 2);
    long[] micros = new long[length];
    long[] counts = new long[length];
    long before = 0;
    for (int i = 0; i < length; i++) {
      before += number(in);
      micros[i] = before;
      counts[i] = number(in);
    }
    if (errors > requests) {
      throw new IllegalArgumentException(errors + " errors in " + requests + " requests");
    }
    return new Answers(requests, errors, Latencies.of(micros, counts));
  }

  /// How many things follow; never more than the bytes that are left can hold.
  private static int size(DataInputStream in, int least) throws IOException {
    long size = number(in);
    if (size > in.available() / least) {
      throw new IllegalArgumentException("a digest claims " + size + " parts and is shorter");
    }
    return (int) size;
  }

  private static long number(DataInputStream in) throws IOException {
    long number = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int next = in.readUnsignedByte();
      number |= (long) (next & 0x7F) << shift;
      if ((next & 0x80) == 0) {
        if (number < 0) {
          break;
        }
        return number;
      }
    }
    throw new IllegalArgumentException("a digest holds a number that is none");
  }
}
