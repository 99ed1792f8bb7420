# What the scripts of the cases begin with, as root of a network that has nothing but the loopback interface.
set -e
ip link set lo up
mount --bind hosts /etc/hosts
mount --bind resolv.conf /etc/resolv.conf

# Runs a command in the background, until the end of the script.
processes=
start() {
    "$@" &
    processes="$processes $!"
}
trap 'kill $processes' EXIT

# Adds another host, 10.9.0.2 (this one becomes 10.9.0.1), where commands run by `$there`.
add_host() {
    start unshare -n sleep 600
    there="nsenter -t $! -n"
    until [ "$(readlink /proc/$!/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.01; done
    ip link add here type veth peer name there netns $!
    ip addr add 10.9.0.1/24 dev here
    ip link set here up
    $there ip link set lo up
    $there ip addr add 10.9.0.2/24 dev there
    $there ip link set there up
}
