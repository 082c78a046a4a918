/// The vocabulary of a migration: sides, endpoints, phases and their legal exits, epochs, evidence.
///
/// Start at [Phase]: it says which moves exist. [FamilyState] is where one family stands,
/// [Evidence] is what is known about it, [GateReading] is what a gate makes of that. Everything
/// here is an immutable value; nothing here acts.
@NullMarked
package dev.banyan.migration;

import org.jspecify.annotations.NullMarked;
