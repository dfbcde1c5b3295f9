-- Who had whom a case is about shown to them, by case (GET /api/v1/unmaskings).
CREATE INDEX audit_unmask ON audit (object) WHERE action = 'case.unmask';
