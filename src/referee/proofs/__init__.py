"""What provers read and say: scripts, statements, axioms, terms; pure, no prover is started here."""
