(module (memory i64 0x200001) (func (export "_start")))
;;& a memory of 137439019008 bytes; the limit is 137438953472
