/* Driver references: a call's stay in the driver, and DRV_DISABLE, which ends the driver.
 *
 * A call counts itself on a stripe, which its handle names, and then looks for the driver. DRV_DISABLE takes the driver
 * away and then waits until each stripe has been zero once, one after the other. A call that reaches a stripe after that
 * finds no driver, or the next one, which DRV_ENABLE has made meanwhile. A handle may be wrong, so any call may come to any
 * stripe.
 *
 *   here        in the driver
 *   stripe      driver/control/driver_gate.cpp, stripes: seq_cst, as the_driver is
 *   driver      driver/control/driver_gate.cpp, the_driver; 0 is null
 *   freed       the driver's memory is gone
 *
 * Properties
 *   - No call is inside a driver that is freed.
 *   - DRV_DISABLE ends when the calls inside have left.
 */
#define STRIPES 2
#define CALLS 2       /* of each client */
#define DRIVERS 2     /* one after the other */

byte stripe[STRIPES], late[STRIPES], driver = 1, ended;
bool freed[DRIVERS + 1];

proctype client() {
  byte call, s, mine;
  for (call : 1 .. CALLS) {
    if :: s = 0 :: s = 1 fi;
                                  /* WRONG look_first: mine = driver; */
    stripe[s]++;                  /* WRONG plain_store: late[s]++; */
    mine = driver;                /* WRONG look_first: skip; */
    if
    :: mine != 0 -> assert(!freed[mine]); skip; assert(!freed[mine])
    :: else
    fi;
    atomic {
      if :: late[s] > 0 -> late[s]-- :: else -> stripe[s]-- fi;
      s = 0; mine = 0
    }
  }
}

/* A count that was on its way arrives. */
proctype memory() {
end_idle:
  do
  :: atomic { late[0] > 0 -> late[0]--; stripe[0]++ }
  :: atomic { late[1] > 0 -> late[1]--; stripe[1]++ }
  od
}

proctype control() {
  byte number, s;
  for (number : 1 .. DRIVERS) {
    driver = number;
    driver = 0;                      /* WRONG count_first: skip; */
    for (s : 0 .. STRIPES - 1) {     /* WRONG one_stripe: for (s : 1 .. STRIPES - 1) { */
      stripe[s] == 0
    }
                                     /* WRONG count_first: driver = 0; */
    freed[number] = true;
    ended++
  }
}

init {
  atomic { run client(); run client(); run client(); run control(); run memory() }
  timeout -> assert(ended == DRIVERS && stripe[0] == 0 && stripe[1] == 0)
}
