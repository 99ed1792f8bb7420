#include "server.h"
#include <wait_epoll.h>
#include "echo.h"
