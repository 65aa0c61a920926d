"""What a reading of both sides counted is kept, and its rows are paged in their order

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('alignments', schema=None) as batch_op:
        batch_op.add_column(sa.Column('counts', sa.JSON(), nullable=True))
    with op.batch_alter_table('alignment_rows', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alignment_rows_profile_id_kind_id'), ['profile_id', 'kind', 'id'], unique=False)


def downgrade():
    with op.batch_alter_table('alignment_rows', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_alignment_rows_profile_id_kind_id'))
    with op.batch_alter_table('alignments', schema=None) as batch_op:
        batch_op.drop_column('counts')
