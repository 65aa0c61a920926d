"""What an order became is marked: an invoice, or a credit note of the store's own

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

DOCUMENTS = sa.table('documents', sa.column('role', sa.String), sa.column('is_main', sa.Boolean))


def upgrade():
    with op.batch_alter_table('documents', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_main', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(DOCUMENTS.update().where(DOCUMENTS.c.role == 'sale').values(is_main=True))
    with op.batch_alter_table('documents', schema=None) as batch_op:
        batch_op.alter_column('is_main', server_default=None)


def downgrade():
    with op.batch_alter_table('documents', schema=None) as batch_op:
        batch_op.drop_column('is_main')
