"""What benches/compare/run is made of. Each module does one thing; `command` puts them together."""
