-- Who wrote what a child is given, by first name: the pal, or the reserve officer whose stock letter stands in.
CREATE VIEW writer WITH (security_barrier) AS
    SELECT delivery.draft_id, delivery.pairing_id, officer.first_name
      FROM delivery
      JOIN pairing ON pairing.id = delivery.pairing_id
      JOIN draft ON draft.id = delivery.draft_id
      JOIN officer ON officer.id = CASE delivery.kind WHEN 'stock' THEN draft.uploaded_by ELSE pairing.officer_id END
     WHERE delivery.side = 'officer'
       AND (sees_school(pairing.program_id, pairing.school_id) OR sees_agency(pairing.program_id, pairing.agency_id));
GRANT SELECT ON writer TO bluepals_app;
