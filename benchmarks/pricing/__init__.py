"""What a quote costs: carts as shops have them, timed, and laid beside the targets."""
