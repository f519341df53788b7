"""The expression rules, one idiom a file; `codemods.view.tables` has them all."""
