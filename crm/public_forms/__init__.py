"""Forms that anybody can fill in without an account: what keeps programs and floods out."""
