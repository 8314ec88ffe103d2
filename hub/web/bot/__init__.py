"""Pages of the bot: rules, trials, what it learnt, figures."""
