(module (table 10000001 funcref) (func (export "_start")))
;;& a table of 10000001 elements; the limit is 10000000
