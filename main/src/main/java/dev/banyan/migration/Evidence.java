package dev.banyan.migration;

/// All that gates read about one family: both sides' traffic within the present epoch, and parity.
public record Evidence(
    String family, long epoch, SideEvidence legacy, SideEvidence candidate, ParityEvidence parity) {

  public SideEvidence side(Side side) {
    return side == Side.LEGACY ? legacy : candidate;
  }
}
