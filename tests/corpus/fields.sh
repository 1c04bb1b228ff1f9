# fields.sh: sourced by the tests of corpus/perf_data.

# fields NAME: what perf script is asked for; not every recording has everything
fields() {
    case $1 in
    good-bare-samples) echo comm,pid,tid,event,period,ip ;;
    good-recorded-*) echo comm,pid,tid,time,event,period,ip ;;
    *) echo comm,pid,tid,cpu,time,event,period,ip ;;
    esac
}
